import { Route, Switch } from "wouter";
import { CartProvider } from "./cart/CartProvider";
import { CrashBoundary } from "./components/CrashBoundary";
import { Layout } from "./components/Layout";
import { CartPage } from "./pages/CartPage";
import { CategoryPage } from "./pages/CategoryPage";
import { CheckoutPage } from "./pages/CheckoutPage";
import { HomePage } from "./pages/HomePage";
import { NotFoundPage } from "./pages/NotFoundPage";
import { OrderPage } from "./pages/OrderPage";
import { OrdersPage } from "./pages/OrdersPage";
import { ProductPage } from "./pages/ProductPage";
import { SearchPage } from "./pages/SearchPage";

export function App() {
  return (
    <CartProvider>
      <Layout>
        <CrashBoundary>
          <Switch>
            <Route path="/">
              <HomePage />
            </Route>
            <Route path="/category/:id">{({ id }) => <CategoryPage key={id} id={id} />}</Route>
            <Route path="/search">
              <SearchPage />
            </Route>
            <Route path="/product/:id">{({ id }) => <ProductPage key={id} id={id} />}</Route>
            <Route path="/cart">
              <CartPage />
            </Route>
            <Route path="/checkout">
              <CheckoutPage />
            </Route>
            <Route path="/orders">
              <OrdersPage />
            </Route>
            <Route path="/orders/:id">{({ id }) => <OrderPage key={id} id={id} />}</Route>
            <Route>
              <NotFoundPage />
            </Route>
          </Switch>
        </CrashBoundary>
      </Layout>
    </CartProvider>
  );
}
